"""What the pages show, read in a fixed number of queries; views only choose and render."""
