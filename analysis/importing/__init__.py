"""From whatever a reader has (text files, tables, web pages, Nexis exports) to a corpus folder, with nothing lost."""
