#ifndef BAIKONUR_CLIBXML2_SHIM_H
#define BAIKONUR_CLIBXML2_SHIM_H

// Debian builds libxml2 with ICU, whose headers clash with the copy inside Foundation.
// Nothing here uses libxml2's ICU interface, so the switch is turned off before its headers are read.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxml/SAX2.h>

#endif
