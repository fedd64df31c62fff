// What must hold for whatever bytes are read as a journal. Says which property is broken, nothing when all hold.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/limits/record.hpp"

namespace mlgateway::limits {

inline bool sensible(const AccountImage& image) {
  for (const BucketImage& bucket : image.buckets) {
    if (bucket.debt < 0 || bucket.as_of < WallTime{}) return false;
    for (std::size_t i = 0; i < bucket.slots.size(); ++i) {
      if (bucket.slots[i].amount < 0 || bucket.slots[i].taken_until < WallTime{}) return false;
      if (i > 0 && bucket.slots[i].taken_until < bucket.slots[i - 1].taken_until) return false;
    }
  }
  return true;
}

// The bytes as a payload whose checksum is right.
inline const char* broken_payload_property(std::string_view bytes) {
  AccountImage image;
  if (!read_payload(bytes, image)) return nullptr;
  if (!sensible(image)) return "an account that cannot be is read";
  std::string again;
  append_payload(again, image);
  if (again != bytes) return "an account is read that is written in another way";
  std::string record;
  AccountImage second;
  if (!append_record(record, image)) return "what was read is too long to be written";
  std::string_view left = record;
  if (take_record(left, second) != Taken::Record || !left.empty()) return "what was written is not read";
  if (!(second == image)) return "what was written is read in another way";
  left = std::string_view(record).substr(0, record.size() - 1);
  return take_record(left, second) == Taken::More ? nullptr : "half a record is not waited for";
}

// The bytes as a piece of the file.
inline const char* broken_file_property(std::string_view bytes) {
  const HeaderKind kind = kind_of_header(bytes);
  if ((kind == HeaderKind::Known) != bytes.starts_with(journal_header())) return "a header is taken for another";
  if (bytes.size() >= kHeaderBytes && kind == HeaderKind::Torn) return "a whole header is called torn";
  AccountImage image;
  for (std::string_view left = bytes;;) {
    const std::string_view before = left;
    if (take_record(left, image) != Taken::Record) return left == before ? nullptr : "a tear moves the place";
    std::string again;
    if (!append_record(again, image) || !before.starts_with(again)) return "a record is written in another way";
    if (again.size() != before.size() - left.size()) return "a record takes more than its bytes";
  }
}

inline const char* broken_journal_property(std::string_view bytes) {
  const char* const broken = broken_payload_property(bytes);
  return broken != nullptr ? broken : broken_file_property(bytes);
}

}  // namespace mlgateway::limits
