"""Trains the two versions of the example model on the iris set that ships inside scikit-learn.

    python train.py OUT

leaves OUT/v1 and OUT/v2, each a folder that `mlserver start` serves.
"""

import pathlib
import shutil
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent

MODELS = {
    "v1": LogisticRegression(max_iter=1000),
    "v2": RandomForestClassifier(n_estimators=20, random_state=7),
}


def main(out):
    flowers = load_iris()
    # A fixed seed, so that everybody who runs this gets the same two models.
    train_x, test_x, train_y, test_y = train_test_split(
        flowers.data, flowers.target, test_size=0.3, random_state=7, stratify=flowers.target
    )
    for version, model in MODELS.items():
        shutil.copytree(HERE / version, out / version, dirs_exist_ok=True)
        model.fit(train_x, train_y)
        joblib.dump(model, out / version / "model.joblib")
        print(f"{version}: {type(model).__name__}, {model.score(test_x, test_y):.1%} right on unseen flowers")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
