// An open file of the journal, written at its end only. One thread at a time. Errors are in words, with the path.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/limits/account_image.hpp"

namespace mlgateway::limits {

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

// What reading a journal came to.
struct Reading {
  std::uint64_t records = 0;
  std::uint64_t good_bytes = 0;  // the header and all records before the tear, if there is one
  std::uint64_t torn_bytes = 0;  // from the tear to the end
};

class JournalFile {
 public:
  // Empty but for the header; what was at the path is lost.
  static Result<JournalFile> create(const std::string& path);
  // A file that is there.
  static Result<JournalFile> open(const std::string& path);

  // Hands over every record up to the end or the tear, in their order. Nothing is handed over, and an Error says what
  // to do, when it is another program's file or another format.
  Result<Reading> read(const std::function<void(const AccountImage&)>& take) const;

  // Writes to the end, all of it or, after a failure, nothing.
  Status append(std::string_view bytes);
  // What was appended so far survives the machine. Fails as well when somebody removed the file.
  Status sync();
  bool removed() const;
  // Forgets what lies beyond.
  Status cut(std::uint64_t size);

  std::uint64_t size() const { return size_; }
  // It was renamed.
  void moved_to(const std::string& path) { path_ = path; }

 private:
  JournalFile(std::string path, Descriptor descriptor) : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
  Result<std::string> bytes_at(std::uint64_t offset, std::size_t most) const;
  Status read_records(Reading& reading, const std::function<void(const AccountImage&)>& take) const;
  Error failure(std::string_view what) const;

  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;  // where the next append begins
};

}  // namespace mlgateway::limits
