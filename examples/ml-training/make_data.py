"""Writes customers.csv and transactions.csv from the breast cancer data set that scikit-learn ships.

It is a real data set of 569 samples with 30 measured features and a binary target. Each sample becomes a
"customer": half of the features and the target go to one file, the other half to the other, in another order.
"""

from pathlib import Path

from sklearn.datasets import load_breast_cancer

here = Path(__file__).parent
table = load_breast_cancer(as_frame=True).frame
table.columns = [name.replace(" ", "_") for name in table.columns]
table.insert(0, "customer_id", range(1001, 1001 + len(table)))

names = [name for name in table.columns if name not in ("customer_id", "target")]
customers = table[["customer_id", *names[:15], "target"]]
transactions = table[["customer_id", *names[15:]]].sample(frac=1, random_state=0)

customers.to_csv(here / "customers.csv", index=False)
transactions.to_csv(here / "transactions.csv", index=False)
print(f"wrote {len(customers)} customers and {len(transactions)} transactions to {here}")
