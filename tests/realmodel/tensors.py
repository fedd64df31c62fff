"""A real client of the Open Inference Protocol that shows what it was answered, and the flowers it asks about."""

import numpy
import tritonclient.http as triton

FLOWERS = numpy.array([[5.1, 3.5, 1.4, 0.2], [6.3, 2.7, 4.9, 1.8], [5.9, 3.0, 4.2, 1.5]])


class Client(triton.InferenceServerClient):
    """Keeps the header fields of the last answer, which the client itself shows to nobody."""

    def _post(self, *arguments, **named):
        answer = super()._post(*arguments, **named)
        self.fields = {name.lower(): value for name, value in answer.items()}
        return answer

    @property
    def cost(self):
        return self.fields.get("x-mlgateway-cost")

    @property
    def from_cache(self):
        return "; hit" in self.fields["cache-status"]


def predict(client, batch, key=None, binary=False, request_id=""):
    tensor = triton.InferInput("flowers", batch.shape, "FP64")
    tensor.set_data_from_numpy(batch, binary_data=binary)
    wanted = [triton.InferRequestedOutput("predict", binary_data=binary)]
    # A dictionary of its own: the client writes into it.
    headers = {"x-api-key": key} if key else {}
    return client.infer("iris", [tensor], headers=headers, outputs=wanted, request_id=request_id)


def flower(sepal_length):
    """One that no other test asks about, with a length of its own."""
    return numpy.array([[sepal_length, 3.0, 4.2, 1.5]])
