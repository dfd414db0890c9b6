"""Facts between two people, or a person and a course, as SQL conditions.

They are over rows of users, {a} and {b}, and of courses, {course}.

Every question about them is built from these, so that what a list shows and what an action
allows cannot drift apart.
"""

# {a} is owner or account administrator. That both are of one account is S0's to say.
ADMINISTERS_ACCOUNT = "{a}.role IN ('OWNER', 'ACCOUNT_ADMIN')"

# The departments that {a} administers, themselves not archived, and all below.
# Uses index: role_grants (user_id, …), department_subtrees (top_id, department_id).
_ADMINISTERED = """
    SELECT s.department_id FROM role_grants g
    JOIN departments top ON top.id = g.department_id AND NOT top.is_archived
    JOIN department_subtrees s ON s.top_id = g.department_id
    WHERE g.user_id = {a}.id AND g.role = 'DEPARTMENT_ADMIN' AND g.is_active"""

# {b} belongs to a department that {a} administers; of most {a} it is known without a look.
# Uses index: memberships (user_id, department_id).
ADMINISTERS_SUBTREE = f"""({{a}}.role <> 'LEARNER' AND EXISTS (
    SELECT 1 FROM memberships member
    WHERE member.user_id = {{b}}.id AND member.department_id IN ({_ADMINISTERED})))"""

# {course} is one of a department that {a} administers.
ADMINISTERS_COURSE = f"{{course}}.department_id IN ({_ADMINISTERED})"

# {a} is enrolled in {course}.
# Uses index: enrolments (user_id, course_id).
STUDIES = """EXISTS (SELECT 1 FROM enrolments e
    WHERE e.user_id = {a}.id AND e.course_id = {course}.id AND e.is_active)"""

# {a} is assigned to {course}.
# Uses index: instructor_assignments (user_id, course_id).
TEACHES = """EXISTS (SELECT 1 FROM instructor_assignments i
    WHERE i.user_id = {a}.id AND i.course_id = {course}.id AND i.is_active)"""

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


def was_unassigned(a: str, b: str) -> str:
    """The condition that one of the two was assigned to teach the other, who still studies."""
    return f"({STUDIED_UNDER.format(a=a, b=b)} OR {STUDIED_UNDER.format(a=b, b=a)})"
