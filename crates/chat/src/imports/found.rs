//! Which tables have what, by their columns: the names of tables are those of an app, and every tutorial has another one.

/// A table of the other database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// Columns that refer to another table, and which.
    pub(super) links: Vec<(String, String)>,
}

/// People, as a model of `django.contrib.auth` or one of its own kind keeps them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct People {
    pub(super) table: String,
    /// The columns of the names to sign in with: the first that there is counts.
    pub(super) names: Vec<String>,
    /// Those of the name to show.
    pub(super) shown: Vec<String>,
    pub(super) joined: Option<String>,
    pub(super) active: Option<String>,
    pub(super) superuser: Option<String>,
}

/// Messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Messages {
    pub(super) table: String,
    pub(super) text: String,
    pub(super) author: String,
    pub(super) time: Option<String>,
    /// What it is beside a text, and what programs keep with it.
    pub(super) kind: Option<String>,
    pub(super) data: Option<String>,
    /// The column that says which room, and the table of these.
    pub(super) room: Option<(String, String)>,
}

/// Rooms.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rooms {
    pub(super) name: Option<String>,
    pub(super) time: Option<String>,
    /// Columns that name people: the first is the owner's.
    pub(super) people: Vec<String>,
    /// A table of who is in which: its name, the room's column, the person's.
    pub(super) seats: Option<(String, String, String)>,
}

/// All that is known.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) people: People,
    pub(super) messages: Vec<Messages>,
    tables: Vec<Table>,
}

const TEXTS: [&str; 4] = ["message", "content", "text", "body"];
const AUTHORS: [&str; 6] = ["author_id", "sender_id", "user_id", "created_by_id", "owner_id", "from_user_id"];
const OWNERS: [&str; 7] = ["owner_id", "creator_id", "created_by_id", "host_id", "initiator_id", "admin_id", "user_id"];
const ROOMS: [&str; 8] =
    ["refchat_id", "ref_chat_id", "chat_id", "room_id", "conversation_id", "group_id", "channel_id", "course_id"];
const NAMES: [&str; 4] = ["name", "title", "room_name", "slug"];
const TIMES: [&str; 12] = [
    "timestamp",
    "sent_on",
    "sent_at",
    "created_at",
    "created_on",
    "created",
    "date_created",
    "date_added",
    "date",
    "createdat",
    "datetime",
    "time",
];

impl Table {
    /// The first of these columns that it has, as it writes it.
    fn first(&self, wanted: &[&str]) -> Option<String> {
        wanted.iter().find_map(|wanted| self.columns.iter().find(|column| column.eq_ignore_ascii_case(wanted)).cloned())
    }

    fn has(&self, column: &str) -> bool {
        self.first(&[column]).is_some()
    }

    /// The columns that refer to a table, the wanted ones first.
    fn links_to(&self, table: &str, wanted: &[&str]) -> Vec<String> {
        let mut links: Vec<_> = self.links.iter().filter(|(_, to)| to == table).map(|(column, _)| column.clone()).collect();
        let rank = |column: &String| wanted.iter().position(|name| column.eq_ignore_ascii_case(name)).unwrap_or(wanted.len());
        links.sort_by_key(rank);
        links
    }

    fn is_djangos(&self) -> bool {
        ["django_", "auth_", "authtoken_", "token_blacklist_", "account_", "socialaccount_"]
            .iter()
            .any(|prefix| self.name.starts_with(prefix))
    }
}

impl Found {
    /// Looks through them. Nothing where nobody is.
    pub(super) fn of(tables: &[Table]) -> Option<Self> {
        let is_people =
            |table: &&Table| table.has("password") && table.has("last_login") && (table.has("username") || table.has("email"));
        // A model of one's own takes the place of Django's.
        let table = tables.iter().filter(is_people).min_by_key(|table| table.name == "auth_user")?;
        let people = People {
            table: table.name.clone(),
            names: ["username", "user_name", "email"].iter().filter_map(|name| table.first(&[name])).collect(),
            shown: ["name", "full_name", "first_name", "last_name"].iter().filter_map(|name| table.first(&[name])).collect(),
            joined: table.first(&["date_joined", "created_at", "created"]),
            active: table.first(&["is_active"]),
            superuser: table.first(&["is_superuser", "is_admin"]),
        };
        let messages = tables.iter().filter(|table| !table.is_djangos()).filter_map(|table| Messages::of(table, &people.table));
        Some(Self { messages: messages.collect(), people, tables: tables.to_vec() })
    }

    /// What is known of the table of a room.
    pub(super) fn rooms(&self, room: &str) -> Rooms {
        let empty = Table::default();
        let table = self.tables.iter().find(|table| table.name == room).unwrap_or(&empty);
        let is_text = |table: &Table| self.messages.iter().any(|messages| messages.table == table.name);
        let seats = self.tables.iter().filter(|table| !is_text(table) && !table.is_djangos()).find_map(|table| {
            let (rooms, people) = (table.links_to(room, &[]), table.links_to(&self.people.table, &[]));
            Some((table.name.clone(), rooms.into_iter().next()?, people.into_iter().next()?))
        });
        Rooms { name: table.first(&NAMES), time: table.first(&TIMES), people: table.links_to(&self.people.table, &OWNERS), seats }
    }

    /// The tables that are read.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = vec![self.people.table.clone()];
        for messages in &self.messages {
            names.push(messages.table.clone());
            names.extend(messages.room.iter().map(|(_, table)| table.clone()));
        }
        names.dedup();
        names
    }
}

impl Messages {
    fn of(table: &Table, people: &str) -> Option<Self> {
        let text = table.first(&TEXTS)?;
        let author = table.links_to(people, &AUTHORS).into_iter().next()?;
        let mut rooms: Vec<_> = table.links.iter().filter(|(_, to)| to != people && *to != table.name).cloned().collect();
        let rank = |column: &str| ROOMS.iter().position(|name| column.eq_ignore_ascii_case(name));
        rooms.sort_by_key(|(column, _)| rank(column).unwrap_or(ROOMS.len()));
        let room = rooms.into_iter().next().filter(|(column, _)| rank(column).is_some());
        // A post of a blog has an author and a text, too.
        let name = table.name.to_ascii_lowercase();
        let is_chat = room.is_some() || name.contains("message") || name.contains("chat");
        let (time, kind, data) = (table.first(&TIMES), table.first(&["type"]), table.first(&["extradata", "extra_data"]));
        is_chat.then(|| Self { table: table.name.clone(), text, author, time, kind, data, room })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn table(name: &str, columns: &str, links: &[(&str, &str)]) -> Table {
        let owned = |(column, to): &(&str, &str)| ((*column).to_owned(), (*to).to_owned());
        Table {
            name: name.to_owned(),
            columns: columns.split(' ').map(str::to_owned).collect(),
            links: links.iter().map(owned).collect(),
        }
    }

    fn auth() -> Table {
        table(
            "auth_user",
            "id password last_login is_superuser username first_name last_name email is_staff is_active date_joined",
            &[],
        )
    }

    #[test]
    fn the_tables_of_the_tutorials_are_known_by_their_columns() {
        let history = Found::of(&[
            table("users_user", "id password last_login email name is_active", &[]),
            table(
                "chat_chat",
                "id created_at initiator_id acceptor_id",
                &[("acceptor_id", "users_user"), ("initiator_id", "users_user")],
            ),
            table(
                "chat_message",
                "id refChat_id author_id message type isRead extraData timestamp",
                &[("author_id", "users_user"), ("refChat_id", "chat_chat")],
            ),
            table("blog_post", "id title content author_id created_at", &[("author_id", "users_user")]),
        ])
        .unwrap();
        assert_eq!(history.people.names, ["email"]);
        let [messages] = &history.messages[..] else { panic!("{:?}", history.messages) };
        assert_eq!(
            (messages.text.as_str(), messages.author.as_str(), messages.time.as_deref()),
            ("message", "author_id", Some("timestamp"))
        );
        assert_eq!(messages.room, Some(("refChat_id".to_owned(), "chat_chat".to_owned())));
        assert_eq!((messages.kind.as_deref(), messages.data.as_deref()), (Some("type"), Some("extraData")));
        assert_eq!(history.rooms("chat_chat").people, ["initiator_id", "acceptor_id"]);

        let rooms = Found::of(&[
            auth(),
            table("courses_course", "id title slug owner_id created", &[("owner_id", "auth_user")]),
            table(
                "courses_course_students",
                "id course_id user_id",
                &[("course_id", "courses_course"), ("user_id", "auth_user")],
            ),
            table(
                "chat_message",
                "id content sent_on course_id user_id",
                &[("course_id", "courses_course"), ("user_id", "auth_user")],
            ),
            table("django_admin_log", "id action_time message user_id", &[("user_id", "auth_user")]),
        ])
        .unwrap();
        let known = rooms.rooms("courses_course");
        assert_eq!((known.name.as_deref(), &known.people[..]), (Some("title"), &["owner_id".to_owned()][..]));
        assert_eq!(known.seats, Some(("courses_course_students".into(), "course_id".into(), "user_id".into())));
        assert_eq!(rooms.messages.len(), 1);

        let public =
            Found::of(&[auth(), table("app_message", "id sender_id message date", &[("sender_id", "auth_user")])]).unwrap();
        assert_eq!((public.messages[0].room.as_ref(), public.messages[0].author.as_str()), (None, "sender_id"));
        assert!(Found::of(&[table("chat_message", "id message", &[])]).is_none());
    }
}
