"""Serves a model of the iris set that ships inside scikit-learn with KServe: V1, and V2 with binary tensors.

    python iris_kserve.py --http_port PORT --enable_grpc false
"""

import numpy
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


class Iris(Model):
    def __init__(self):
        super().__init__("iris")
        flowers = load_iris()
        self.classifier = LogisticRegression(max_iter=1000).fit(flowers.data, flowers.target)
        self.ready = True

    def predict(self, payload, headers=None, response_headers=None):
        if not isinstance(payload, InferRequest):  # V1
            return {"predictions": self.classifier.predict(payload["instances"]).tolist()}
        kinds = self.classifier.predict(payload.inputs[0].as_numpy()).astype(numpy.int64)
        output = InferOutput("predict", [len(kinds), 1], "INT64", data=kinds.reshape(-1, 1))
        # In bytes or not, as the caller wants each output.
        return InferResponse(payload.id, "iris", [output], requested_outputs=payload.request_outputs)


if __name__ == "__main__":
    ModelServer().start([Iris()])
