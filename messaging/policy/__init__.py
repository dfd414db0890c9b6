"""Who may do what: rules and reasons as tables, relations as SQL that every question shares."""
