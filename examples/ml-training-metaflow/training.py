"""The training code. No file goes from step to step: each step cleans the data that it needs."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier


def load_and_clean_data():
    features, _ = _clean()
    return {"n_samples": len(features), "n_features": features.shape[1]}


def train_random_forest(n_samples, n_features, max_depth=10):
    model = RandomForestClassifier(n_estimators=100, max_depth=max_depth, random_state=0)
    return {"model_type": "random_forest", "accuracy": _fit(model, n_samples, n_features)}


def train_xgboost(n_samples, n_features, max_depth=10):
    model = XGBClassifier(n_estimators=100, max_depth=max_depth, random_state=0)
    return {"model_type": "xgboost", "accuracy": _fit(model, n_samples, n_features)}


def select_best_model(model_results):
    best = max(model_results, key=lambda result: result["accuracy"])
    print(f"best model: {best['model_type']} with accuracy {best['accuracy']}")
    return best


def _clean():
    customers = pd.read_csv("customers.csv")
    transactions = pd.read_csv("transactions.csv")
    merged = customers.merge(transactions, on="customer_id").drop_duplicates("customer_id").dropna()
    return merged.drop(columns=["customer_id", "target"]), merged["target"]


def _fit(model, n_samples, n_features):
    """Fits the model and returns its accuracy on the quarter of the data that it has not seen."""
    features, target = _clean()
    print(f"{type(model).__name__}: {n_samples} samples with {n_features} features")
    seen, unseen, expected, truth = train_test_split(features, target, test_size=0.25, random_state=0)
    model.fit(seen, expected)
    return round(float(model.score(unseen, truth)), 4)
