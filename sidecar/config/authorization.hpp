// The part of the contract that says what each caller may do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sidecar/config/values.hpp"

namespace mlgateway::config {

inline constexpr std::size_t kMostAccessRules = 32;  // of a route: a bit of 32 for each

enum class ClaimTest : std::uint8_t { Equals, Contains, OneOf, Prefix };

// A claim of a token (named as jose/claim_path has it), and what it must be. auth/claim_match says how each test reads
// it.
struct ClaimMatch {
  std::string claim;
  ClaimTest test = ClaimTest::Equals;
  std::vector<std::string> values;  // one, but with OneOf
  bool operator==(const ClaimMatch&) const = default;
};

// The parts of a principal's name; what is empty may be anything, but not all of it is.
struct PrincipalMatch {
  std::string method;
  std::string issuer;
  std::string name;
  bool operator==(const PrincipalMatch&) const = default;
};

enum class Operation : std::uint8_t { Predict, Metadata, Health };
enum class Action : std::uint8_t { Allow, Deny };

// Says yes or no to those who fit all that it names; what is empty fits everybody.
struct AccessRule {
  std::string name;  // for the log; may be empty
  Action action = Action::Allow;
  std::vector<PrincipalMatch> principals;  // one of them
  std::vector<std::string> tenants;        // one of them
  Labels key_labels;                       // of the key or token, all of them
  std::vector<ClaimMatch> claims;          // all of them; only tokens have claims
  std::vector<Operation> operations;       // one of them
  std::vector<std::string> versions;       // it speaks of these; empty: of all
  bool overrides = true;                   // with Allow: may those versions be asked for?
  bool operator==(const AccessRule&) const = default;
};

// For each version the first rule that fits decides; where none fits, nobody may.
struct Authorization {
  Enforcement mode = Enforcement::Enforce;
  std::vector<AccessRule> rules;
  bool operator==(const Authorization&) const = default;
};

}  // namespace mlgateway::config
