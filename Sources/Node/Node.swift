/// Node
