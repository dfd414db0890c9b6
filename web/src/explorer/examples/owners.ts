import type { Role } from "../../generated/operations";
import { from, type Group, type List, ofCourse } from "./example";

export const OWNERS: Group = {
	title: "Owners and account administrators",
	roles: ["OWNER", "ACCOUNT_ADMIN"],
	examples: [
		{
			title: "Everybody",
			query: `query Everybody {
  users(first: 50) {
    edges { node { id name role status department } }
  }
}
`,
		},
		{
			title: "Turn messaging off (then ON again)",
			query: `mutation SetMessagingMode($input: SetMessagingModeInput!) {
  setMessagingMode(input: $input) {
    viewer { messagingMode }
    errors { code message }
  }
}
`,
			from: from("{ __typename }", () => ({ input: { mode: "OFF" } }), ""),
		},
		{
			title: "Unassign an instructor",
			query: `mutation UnassignInstructor($input: UnassignInstructorInput!) {
  unassignInstructor(input: $input) {
    course { title instructors { user { name } } }
    user { name }
    errors { code message }
  }
}

# The same input takes it back.
mutation AssignInstructor($input: AssignInstructorInput!) {
  assignInstructor(input: $input) {
    course { title instructors { user { name } } }
    errors { code message }
  }
}
`,
			from: ofCourse(
				(course, { user }) => ({ input: { courseId: course.id, userId: user.id } }),
				"There is no course for this.",
			),
		},
		{
			title: "Deactivate somebody",
			query: `mutation Deactivate($input: DeactivateUserInput!) {
  deactivateUser(input: $input) {
    user { name status }
    errors { code message }
  }
}

# The same input takes it back.
mutation Activate($input: ActivateUserInput!) {
  activateUser(input: $input) {
    user { name status }
    errors { code message }
  }
}
`,
			from: from<{ users: List<{ id: string; role: Role }> }>(
				"{ users(first: 100, status: ACTIVE) { edges { node { id role } } } }",
				({ users }) => {
					const learner = users.edges.find(({ node }) => node.role === "LEARNER");
					return learner && { input: { userId: learner.node.id } };
				},
				"There is no learner.",
			),
		},
	],
};
