"""pipeline.py with what `check` asks for: the two results as one list, and the files that travel between steps."""

from runnable import Catalog, Parallel, Pipeline, PythonTask
from your_ml_code import load_and_clean_data, select_best_model, train_random_forest, train_xgboost

DATA = ["features.csv", "target.csv"]


def main():
    pipeline = Pipeline(
        name="ml-training",
        steps=[
            PythonTask(function=load_and_clean_data, returns=["n_samples", "n_features"], catalog=Catalog(put=DATA)),
            Parallel(
                branches={
                    "rf": PythonTask(function=train_random_forest, returns=["rf_results"], catalog=Catalog(get=DATA)),
                    "xgb": PythonTask(function=train_xgboost, returns=["xgb_results"], catalog=Catalog(get=DATA)),
                }
            ),
            PythonTask(
                function=select_best_model,
                returns=["best_model"],
                inputs={"model_results": ["rf_results", "xgb_results"]},
            ),
        ],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()
