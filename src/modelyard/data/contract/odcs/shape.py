"""The keys of an ODCS v3.1 document; the ones that say nothing about rows are accepted and left alone."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from modelyard.data.contract.model import Severity
from modelyard.data.types import LogicalType

Left = Any
"""For people and other tools: valid ODCS that asks nothing of the rows."""


class Shape(BaseModel):
    """A mapping of the file, closed to keys that ODCS does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Shape):
    """The whole file."""

    version: str
    apiVersion: str = Field(pattern=r"^v3\.\d+\.\d+$")  # noqa: N815 - ODCS's own spelling
    kind: Literal["DataContract"]
    id: str = Field(min_length=1)
    status: str
    name: str | None = None
    description: str | dict[str, Left] | None = None
    schema_: list[Any] = Field(alias="schema", min_length=1, max_length=1)
    tenant: Left = None
    tags: Left = None
    servers: Left = None
    dataProduct: Left = None  # noqa: N815
    domain: Left = None
    support: Left = None
    price: Left = None
    team: Left = None
    roles: Left = None
    slaDefaultElement: Left = None  # noqa: N815
    slaProperties: Left = None  # noqa: N815
    authoritativeDefinitions: Left = None  # noqa: N815
    customProperties: Left = None  # noqa: N815
    contractCreatedTs: Left = None  # noqa: N815


class _Element(Shape):
    """What a table and a column have in common."""

    name: str
    description: str | None = None
    quality: list[Any] | None = None
    customProperties: list[Any] | None = None  # noqa: N815
    id: Left = None
    physicalType: Left = None  # noqa: N815
    physicalName: Left = None  # noqa: N815
    businessName: Left = None  # noqa: N815
    authoritativeDefinitions: Left = None  # noqa: N815
    tags: Left = None
    relationships: Left = None


class TableShape(_Element):
    """The one entry of `schema`."""

    logicalType: Literal["object"] | None = None  # noqa: N815
    properties: list[Any] = Field(min_length=1)
    dataGranularityDescription: Left = None  # noqa: N815


class ColumnShape(_Element):
    """An entry of `properties`."""

    logicalType: LogicalType  # noqa: N815
    logicalTypeOptions: dict[str, Any] | None = None  # noqa: N815
    required: StrictBool = False
    unique: StrictBool = False
    primaryKey: StrictBool = False  # noqa: N815
    primaryKeyPosition: int | None = None  # noqa: N815
    classification: str | None = None
    partitioned: Left = None
    partitionKeyPosition: Left = None  # noqa: N815
    encryptedName: Left = None  # noqa: N815
    transformSourceObjects: Left = None  # noqa: N815
    transformLogic: Left = None  # noqa: N815
    transformDescription: Left = None  # noqa: N815
    examples: Left = None
    criticalDataElement: Left = None  # noqa: N815


class QualityShape(Shape):
    """An entry of `quality`."""

    name: str = ""
    type: Literal["library", "sql", "text", "custom"] = "library"
    severity: Severity = "error"
    metric: Literal["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"] | None = None
    arguments: dict[str, Any] | None = None
    unit: Literal["rows", "percent"] = "rows"
    mustBe: Any = None  # noqa: N815
    mustBeGreaterOrEqualTo: float | int | None = None  # noqa: N815
    mustBeLessOrEqualTo: float | int | None = None  # noqa: N815
    mustBeBetween: list[float | int] | None = Field(None, min_length=2, max_length=2)  # noqa: N815
    query: str | None = None
    engine: str | None = None
    implementation: Any = None
    id: Left = None
    description: Left = None
    dimension: Left = None
    businessImpact: Left = None  # noqa: N815
    method: Left = None
    schedule: Left = None
    scheduler: Left = None
    tags: Left = None
    customProperties: Left = None  # noqa: N815
    authoritativeDefinitions: Left = None  # noqa: N815
