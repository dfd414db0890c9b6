"""The functions behind the fields, grouped as the schema is. They return rows."""
