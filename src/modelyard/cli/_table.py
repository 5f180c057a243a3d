"""Options about a table and where its project will live, for the commands that make one."""

from pathlib import Path
from typing import Annotated, Literal

import typer

QueryOption = Annotated[
    Path | None,
    typer.Option("--query", metavar="FILE", help="File of the SELECT whose answer is the table; for a database."),
]
TargetOption = Annotated[str | None, typer.Option("--target", help="The column to predict.")]
IdOption = Annotated[str | None, typer.Option("--id", help="The column that identifies a row.")]
TimeOption = Annotated[str | None, typer.Option("--time", help="The column that says when a row happened.")]
GroupOption = Annotated[str | None, typer.Option("--group", help="Rows of one group stay on one side of the split.")]
PositiveOption = Annotated[str | None, typer.Option("--positive", help="The class that counts as positive.")]
TaskOption = Annotated[
    Literal["auto", "binary", "multiclass", "regression"], typer.Option("--task", help="What is predicted.")
]
EstimatorOption = Annotated[
    Literal["auto", "linear", "forest", "boosting", "xgboost", "lightgbm"],
    typer.Option("--estimator", help="The built-in estimator."),
]
KeepPersonalOption = Annotated[
    list[str] | None,
    typer.Option("--keep-personal", help="Use this column although it looks personal; repeatable."),
]
PlatformOption = Annotated[
    Literal["none", "own", "shared"], typer.Option("--platform", help="Where the platform comes from.")
]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="The AWS region of the platform.", show_default="us-east-1")
]
AccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="The AWS account of the platform; can be written in later."),
]
GithubOption = Annotated[
    str | None, typer.Option("--github", metavar="OWNER/REPO", help="Where the repository will live.")
]
LockOption = Annotated[bool, typer.Option("--lock/--no-lock", help="Resolve and lock the dependencies with uv.")]
