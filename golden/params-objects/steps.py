class Model:
    def __init__(self, weight):
        self.weight = weight


def train():
    return Model(1)


def fit(model, weight):
    return Model(model.weight + weight)


def judge(model, fitted):
    return [model.weight] + [m.weight for m in fitted]
