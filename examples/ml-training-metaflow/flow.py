"""The flow as a user of Metaflow has it: two models, trained for each name of a list, and the better one is chosen."""
from metaflow import FlowSpec, Parameter, step
from training import load_and_clean_data, select_best_model, train_random_forest, train_xgboost


class MLTrainingFlow(FlowSpec):
    max_depth = Parameter('max_depth', default=15)
    @step
    def start(self):
        data_stats = load_and_clean_data()
        self.n_samples = data_stats['n_samples']
        self.n_features = data_stats['n_features']
        self.next(self.train_models, foreach=['RandomForest', 'XGBoost'])
    @step
    def train_models(self):
        if self.input == 'RandomForest':
            results = train_random_forest(self.n_samples, self.n_features, self.max_depth)
        else:
            results = train_xgboost(self.n_samples, self.n_features, self.max_depth)
        self.model_results = results
        self.next(self.select_best)
    @step
    def select_best(self, inputs):
        model_results = [input.model_results for input in inputs]
        self.best = select_best_model(model_results)
        self.next(self.end)
    @step
    def end(self):
        pass


if __name__ == "__main__":
    MLTrainingFlow()
