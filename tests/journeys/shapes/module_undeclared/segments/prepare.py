def prepare(frame):
    return frame[["amount", "income", "age", "default"]].dropna()
