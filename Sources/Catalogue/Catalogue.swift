/// Catalogue
