"""The systems that are read: each turns a stream into pages of records and says what identifies a record."""
