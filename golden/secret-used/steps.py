import os


def check(length):
    print("again:", os.environ["API_TOKEN"])
    return len(os.environ["API_TOKEN"]) == length
