import type { Group } from "./example";

export const INSTRUCTORS: Group = {
	title: "Instructors",
	roles: ["INSTRUCTOR"],
	examples: [
		{
			title: "The courses I teach",
			query: `query CoursesITeach {
  courses { edges { node { id title instructors { user { name } } } } }
}
`,
		},
		{
			title: "Questions not yet read",
			query: `query UnreadQuestions {
  conversations(unreadOnly: true) {
    edges {
      node {
        id
        peer { name }
        unreadCount
        lastMessage { body sentAt course { title } }
      }
    }
  }
}
`,
		},
	],
};
