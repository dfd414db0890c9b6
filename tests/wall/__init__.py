"""The wall between tenants, and between people: tests made from the schema."""
