def add_ratio(frame):
    frame = frame.copy()
    frame["ratio"] = frame["amount"] / frame["income"].clip(lower=1)
    return frame
