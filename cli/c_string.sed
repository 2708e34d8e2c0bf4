# A text as a C string, line by line.
s/[\\"]/\\&/g
s/.*/"&\\n"/
