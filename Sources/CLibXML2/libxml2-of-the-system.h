// Debian's libxml2 is built with ICU, whose headers would meet Foundation's own copy of ICU wherever both
// modules are imported. Only the declarations that converters use depend on it, and none is used here.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <libxml/xmlschemas.h>
