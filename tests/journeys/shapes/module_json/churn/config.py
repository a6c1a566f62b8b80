FEATURES = ["tenure", "monthly_charges", "support_calls"]
TARGET = "churned"
