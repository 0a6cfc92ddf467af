//! JSON that can be more than a value: numbers in any spelling, members in any order and more than once.

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    pub fn text(text: impl Into<String>) -> Self {
        Node::Text(text.into())
    }

    /// The member with this key.
    pub fn member(&mut self, key: &str) -> Option<&mut Node> {
        self.members().and_then(|members| members.iter_mut().find(|(name, _)| name == key)).map(|(_, value)| value)
    }

    pub fn members(&mut self) -> Option<&mut Vec<(String, Node)>> {
        match self {
            Node::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Counts the values in it, itself included.
    pub fn size(&self) -> usize {
        1 + match self {
            Node::List(items) => items.iter().map(Node::size).sum(),
            Node::Object(members) => members.iter().map(|(_, member)| member.size()).sum::<usize>(),
            _ => 0,
        }
    }

    /// One of the values in it, by its number.
    pub fn place(&mut self, number: usize) -> &mut Node {
        if number == 0 {
            return self;
        }
        let mut number = number - 1;
        let inner: Vec<&mut Node> = match self {
            Node::List(items) => items.iter_mut().collect(),
            Node::Object(members) => members.iter_mut().map(|(_, member)| member).collect(),
            _ => Vec::new(),
        };
        for node in inner {
            let size = node.size();
            if number < size {
                return node.place(number);
            }
            number -= size;
        }
        unreachable!("a number below the size")
    }
}
