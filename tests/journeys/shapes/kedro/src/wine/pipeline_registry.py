from kedro.pipeline import Node, Pipeline

from wine.nodes import train_regressor


def register_pipelines():
    training = Pipeline(
        [Node(train_regressor, inputs=["wines", "params:trees"], outputs="regressor")]
    )
    return {"__default__": training}
