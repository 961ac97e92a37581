"""One table of cases per criterion of NCT00514085, written to be read aloud."""
