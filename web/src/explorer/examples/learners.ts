import { type Group, ofCourse } from "./example";

export const LEARNERS: Group = {
	title: "Learners",
	roles: ["LEARNER"],
	examples: [
		{
			title: "My courses and their instructors",
			query: `query MyCourses {
  courses {
    edges {
      node {
        id
        title
        instructors { user { id name photoUrl } mayContact contactRefusal }
      }
    }
  }
}
`,
		},
		{
			title: "Contact an instructor",
			query: `mutation ContactAnInstructor($input: ContactInstructorInput!) {
  contactInstructor(input: $input) {
    message { id body course { title } }
    conversation { id peer { name } }
    errors { code reason message }
  }
}
`,
			from: ofCourse(
				(course, { user, mayContact }) =>
					mayContact
						? {
								input: {
									courseId: course.id,
									instructorId: user.id,
									body: "May I ask about the last exercise?",
									idempotencyKey: crypto.randomUUID(),
								},
							}
						: null,
				"There is no instructor whom you may contact.",
			),
		},
	],
};
