"""The model: plain scikit-learn, from the encoded matrix to a prediction. Yours to change."""

from modelyard.training import BuildConfig, built_in
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build(config: BuildConfig) -> BaseEstimator:
    """Return an unfitted estimator for a float32 matrix whose columns are `config.names`.

    `config.numeric` and `config.categorical` are positions of columns. A category arrives as a whole number:
    0 is missing, 1 is rare or unseen, 2 and up are the known ones by falling count.
    """
    if config.estimator in ("linear", "forest"):
        impute = SimpleImputer(strategy="median", keep_empty_features=True)
        number = Pipeline([("impute", impute), ("scale", StandardScaler())])
        category = OneHotEncoder(handle_unknown="ignore")
    else:  # boosting cuts anywhere between two numbers and sends missing values to the better side by itself
        number = category = "passthrough"
    columns = [("number", number, list(config.numeric)), ("category", category, list(config.categorical))]
    prepare = ColumnTransformer([part for part in columns if part[2]])
    return Pipeline([("prepare", prepare), ("model", built_in(config))])
