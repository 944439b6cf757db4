def boom():
    raise ValueError("the reactor is offline")
