from pydantic import ConfigDict

# A field with a default is in every answer too, and clients may rely on that.
ALWAYS_THERE = ConfigDict(json_schema_serialization_defaults_required=True)
