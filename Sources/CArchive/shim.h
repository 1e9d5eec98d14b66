#ifndef BAIKONUR_CARCHIVE_SHIM_H
#define BAIKONUR_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
