// The directory that holds the journal: made when it is missing, and of one process at a time.
#pragma once

#include <string>

#include "sidecar/base/result.hpp"
#include "sidecar/limits/journal_file.hpp"

namespace mlgateway::limits {

class JournalFolder {
 public:
  // An Error says what is in the way: no such parent, no right to read or write it, another process. Another process is
  // kept out until this one ends or the folder is destroyed.
  static Result<JournalFolder> open(const std::string& path);

  std::string journal() const { return path_ + "/quota.journal"; }
  // A file that shall become the journal.
  std::string next() const { return path_ + "/quota.journal.next"; }

  // Puts next() in the journal's place, in one step, which survives the machine when sync() is done.
  Status replace() const;
  Status sync() const;

 private:
  JournalFolder(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  Descriptor lock_;
};

}  // namespace mlgateway::limits
