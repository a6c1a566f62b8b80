# SPDX-License-Identifier: Apache-2.0
"""What to install for an import: the names that differ, and the names that are surely libraries.

Most distributions are called like their module; the table holds the well-known others. A dotted
name (`google.cloud.storage`) is looked up by its longest known beginning.
"""

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "Levenshtein": "python-Levenshtein",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "absl": "absl-py",
    "attr": "attrs",
    "azure.identity": "azure-identity",
    "azure.storage.blob": "azure-storage-blob",
    "azureml": "azureml-core",
    "bs4": "beautifulsoup4",
    "cairosvg": "CairoSVG",
    "category_encoders": "category-encoders",
    "community": "python-louvain",
    "confluent_kafka": "confluent-kafka",
    "cv2": "opencv-python",
    "dash_bootstrap_components": "dash-bootstrap-components",
    "dateutil": "python-dateutil",
    "deepchecks": "deepchecks",
    "discord": "discord.py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "dvc": "dvc",
    "fastai": "fastai",
    "fasttext": "fasttext",
    "faiss": "faiss-cpu",
    "ffmpeg": "ffmpeg-python",
    "fitz": "PyMuPDF",
    "flask_cors": "Flask-Cors",
    "flask_restful": "Flask-RESTful",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "git": "GitPython",
    "github": "PyGithub",
    "google.cloud.aiplatform": "google-cloud-aiplatform",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.storage": "google-cloud-storage",
    "google.protobuf": "protobuf",
    "googleapiclient": "google-api-python-client",
    "great_expectations": "great-expectations",
    "grpc": "grpcio",
    "hydra": "hydra-core",
    "igraph": "python-igraph",
    "imblearn": "imbalanced-learn",
    "imutils": "imutils",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "kafka": "kafka-python",
    "kaggle": "kaggle",
    "kneed": "kneed",
    "langchain_openai": "langchain-openai",
    "lightning": "lightning",
    "lime": "lime",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "mysql": "mysql-connector-python",
    "nacl": "PyNaCl",
    "neuralprophet": "neuralprophet",
    "onnxmltools": "onnxmltools",
    "pandas_profiling": "ydata-profiling",
    "pkg_resources": "setuptools",
    "pmdarima": "pmdarima",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "pytorch_lightning": "pytorch-lightning",
    "pywt": "PyWavelets",
    "ruamel": "ruamel.yaml",
    "sagemaker": "sagemaker",
    "scikitplot": "scikit-plot",
    "seaborn": "seaborn",
    "sentence_transformers": "sentence-transformers",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "sklearn2pmml": "sklearn2pmml",
    "sklearn_pandas": "sklearn-pandas",
    "skopt": "scikit-optimize",
    "sksurv": "scikit-survival",
    "slugify": "python-slugify",
    "snappy": "python-snappy",
    "snowflake.connector": "snowflake-connector-python",
    "socketio": "python-socketio",
    "sounddevice": "sounddevice",
    "speech_recognition": "SpeechRecognition",
    "streamlit_option_menu": "streamlit-option-menu",
    "surprise": "scikit-surprise",
    "talib": "TA-Lib",
    "telegram": "python-telegram-bot",
    "tensorflow_addons": "tensorflow-addons",
    "tensorflow_datasets": "tensorflow-datasets",
    "tensorflow_hub": "tensorflow-hub",
    "tensorflow_probability": "tensorflow-probability",
    "tensorflow_text": "tensorflow-text",
    "tf_keras": "tf_keras",
    "tlz": "toolz",
    "torch_geometric": "torch-geometric",
    "umap": "umap-learn",
    "usb": "pyusb",
    "whylogs": "whylogs",
    "wordcloud": "wordcloud",
    "wx": "wxPython",
    "xlsxwriter": "XlsxWriter",
    "yaml": "PyYAML",
    "yellowbrick": "yellowbrick",
    "ydata_profiling": "ydata-profiling",
    "zmq": "pyzmq",
}

WELL_KNOWN = frozenset(
    {name.partition(".")[0] for name in DISTRIBUTIONS}
    - {"community", "magic", "git", "snappy", "surprise", "usb", "jose", "discord", "telegram"}
) | {
    *("altair", "boto3", "bokeh", "catboost", "click", "dask", "datasets", "evaluate", "fastapi"),
    *("fire", "flask", "gensim", "gradio", "gunicorn", "h2o", "httpx", "hyperopt", "jax", "joblib"),
    *("jsonschema", "kedro", "keras", "lightgbm", "loguru", "matplotlib", "mlflow", "mlxtend"),
    *("msgspec", "networkx", "nltk", "numba", "numpy", "omegaconf", "onnx", "onnxruntime"),
    *("openpyxl", "optuna", "pandas", "pandera", "plotly", "polars", "prefect", "prophet"),
    *("pyarrow", "pydantic", "pymongo", "pyspark", "pytest", "ray", "redis", "requests", "rich"),
    *("s3fs", "scipy", "setuptools", "shap", "simplejson", "skl2onnx", "skops", "spacy"),
    *("sqlalchemy", "statsmodels", "streamlit", "sympy", "tabulate", "tensorflow", "textblob"),
    *("tokenizers", "torch", "torchaudio", "torchvision", "tqdm", "transformers", "typer"),
    *("uvicorn", "wandb", "xgboost", "zenml"),
}


def distribution_of(module: str, names: tuple[str, ...] = ()) -> str:
    """The distribution that most likely provides the dotted `module`.

    `names` are what is imported from it: `from google.cloud import storage` is told by them.
    """
    for candidate in (*(f"{module}.{name}" for name in names), module):
        parts = candidate.split(".")
        for end in range(len(parts), 0, -1):
            known = DISTRIBUTIONS.get(".".join(parts[:end]))
            if known is not None:
                return known
    top = module.partition(".")[0]
    if top in ("google", "azure"):
        first = (*module.split(".")[1:], *names)[:2]
        return "-".join((top, *first))
    return top


def normal(distribution: str) -> str:
    """The name of a distribution in the one spelling that all its spellings share."""
    return "-".join(
        part for part in distribution.lower().replace("_", "-").replace(".", "-").split("-") if part
    )
