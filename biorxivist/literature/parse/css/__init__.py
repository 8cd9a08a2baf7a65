"""What a browser would paint of a text: style declarations, style sheets, and the look of an element under them."""
