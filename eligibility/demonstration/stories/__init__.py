"""The invented patients, shelved by what they are about."""
