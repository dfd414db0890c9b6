"""What people see, one statement for each question, whatever the length of the answer."""
