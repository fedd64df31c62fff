// A full document with one thing wrong with it, and what the parser says of it.
#pragma once

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/parse.hpp"
#include "tests/sidecar/config/documents.hpp"

namespace mlgateway::config {

// What is wrong with a document; empty when it is taken.
inline std::string fault(const std::string& text) {
  const auto parsed = parse(text);
  if (parsed) return "";
  EXPECT_EQ(parsed.error().reason, Reason::InvalidConfig);
  return parsed.error().message;
}

// The full document with one value replaced, or taken away when `value` is nothing.
inline std::string damaged(const std::string& pointer, const std::string& value) {
  nlohmann::json document = full_document();
  if (value.empty()) {
    const nlohmann::json::json_pointer way(pointer);
    document[way.parent_pointer()].erase(way.back());
  } else {
    document[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
  }
  return document.dump();
}

struct Damage {
  const char* pointer;
  const char* value;  // empty: the field is taken away
  const char* fault;
};

inline void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.pointer << " = " << damage.value; }

}  // namespace mlgateway::config
