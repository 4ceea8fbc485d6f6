"""The website: it reads editions and keeps what people contribute; it never computes the method."""
