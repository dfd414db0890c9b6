"""Facts between two people, as SQL conditions over two rows of users, {a} and {b}.

Every question about two people is built from these, so that what a list shows and what an action
allows cannot drift apart.
"""

# {a} is owner or account administrator. That both are of one account is S0's to say.
ADMINISTERS_ACCOUNT = "{a}.role IN ('OWNER', 'ACCOUNT_ADMIN')"

# {a} administers a department, itself not archived, and {b} belongs to it or to one below.
# Uses index: role_grants (user_id, …), department_subtrees (top_id, department_id),
# memberships (user_id, department_id).
ADMINISTERS_SUBTREE = """EXISTS (
    SELECT 1 FROM role_grants g
    JOIN departments top ON top.id = g.department_id AND NOT top.is_archived
    JOIN department_subtrees s ON s.top_id = g.department_id
    JOIN memberships member ON member.department_id = s.department_id
    WHERE g.user_id = {a}.id AND g.role = 'DEPARTMENT_ADMIN' AND g.is_active
    AND member.user_id = {b}.id)"""

# {a} studies a course that {b} teaches.
# Uses index: enrolments (user_id, course_id), instructor_assignments (user_id, course_id).
STUDIES_UNDER = """EXISTS (
    SELECT 1 FROM enrolments e
    JOIN courses k ON k.id = e.course_id AND NOT k.is_archived
    JOIN instructor_assignments i ON i.course_id = e.course_id AND i.is_active
    WHERE e.user_id = {a}.id AND e.is_active AND i.user_id = {b}.id)"""

# {a} still studies a course that {b} taught and no longer does.
# Uses index: as above.
STUDIED_UNDER = """EXISTS (
    SELECT 1 FROM enrolments e
    JOIN courses k ON k.id = e.course_id
    JOIN instructor_assignments i ON i.course_id = e.course_id
    WHERE e.user_id = {a}.id AND e.is_active AND i.user_id = {b}.id
    AND (k.is_archived OR NOT i.is_active))"""
