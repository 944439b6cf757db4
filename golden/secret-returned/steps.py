import json
import os


def deep():
    print(json.dumps(json.dumps({"token": os.environ["TOKEN"]})))
    return {"of": [1, {os.environ["TOKEN"]: None}]}


def pickled():
    return {1: os.environ["TOKEN"]}


def short():
    assert (os.environ["ONE"], os.environ["E"]) == ("1", "e")
    return "true story", {"Q1": 2, "e": 1}
