"""Trains a model on the iris set that ships inside scikit-learn, and saves it for `mlflow models serve`.

    python iris_mlflow.py OUT
"""

import sys

import mlflow.sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


def main(folder):
    flowers = load_iris()
    model = LogisticRegression(max_iter=1000).fit(flowers.data, flowers.target)
    # Without a signature, so that it takes each form of input; without requirements, which would be asked of PyPI.
    mlflow.sklearn.save_model(model, folder, serialization_format="cloudpickle", pip_requirements=[])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
