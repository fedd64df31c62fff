#include "sidecar/protocol/pointed.hpp"

#include "sidecar/protocol/number_text.hpp"
#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

using config::CostTerm;
using config::kMostMillionths;
using config::kOne;
using config::Millionths;
using config::Quantity;

CostTerm pointer(std::string place, Millionths max = 100 * kOne, std::optional<Millionths> absent = {}) {
  return {Quantity::Pointer, kOne, std::move(place), max, absent};
}

Result<Counted> look(std::string body, const std::vector<CostTerm>& terms) {
  return counted({.protocol = config::Protocol::Generic, .body = std::move(body), .content_type = ""},
                 {.rows_and_elements = false, .pointers = terms, .valid_json = false});
}

// The number in millionths, or what the caller is told.
std::string pointed(std::string body, const CostTerm& term) {
  const auto result = look(std::move(body), {term});
  if (!result) return result.error().detail;
  return result->pointed.size() == 1 ? std::to_string(result->pointed.front()) : "not one number";
}

TEST(Pointed, FindsNumbersByRfc6901) {
  const std::string body = R"({"a":{"b":[10,20,[30]]},"m~n":1,"x/y":2,"":3,"0":4,"caf\u00e9":5,"e":{"":6}})";
  EXPECT_EQ(pointed(body, pointer("/a/b/1")), "20000000");
  EXPECT_EQ(pointed(body, pointer("/a/b/2/0")), "30000000");
  EXPECT_EQ(pointed(body, pointer("/m~0n")), "1000000");
  EXPECT_EQ(pointed(body, pointer("/x~1y")), "2000000");
  EXPECT_EQ(pointed(body, pointer("/")), "3000000");
  EXPECT_EQ(pointed(body, pointer("/0")), "4000000");
  EXPECT_EQ(pointed(body, pointer("/caf\xc3\xa9")), "5000000");
  EXPECT_EQ(pointed(body, pointer("/e/")), "6000000");
  EXPECT_EQ(pointed(R"({"~1":7})", pointer("/~01")), "7000000");
}

TEST(Pointed, WhatIsNotThereIsTheTermsDefaultOrRefused) {
  const std::string body = R"({"a":[10,20],"s":"text"})";
  for (const char* place :
       {"/b", "/a/2", "/a/00", "/a/01", "/a/-", "/a/+1", "/a/1/x", "/s/0", "/a/", "/a/18446744073709551616"}) {
    EXPECT_EQ(pointed(body, pointer(place)), std::string(place) + " is missing");
    EXPECT_EQ(pointed(body, pointer(place, kOne, 7)), "7") << place;
  }
  EXPECT_EQ(pointed("[5]", pointer("/0")), "5000000");
  EXPECT_EQ(pointed("5", pointer("/0", kOne, 9)), "9");
}

TEST(Pointed, MustBeANumberFromZeroToTheMaximum) {
  const std::string told = "/p must be a number from 0 to 8.5";
  for (const char* value : {"-1", "-0.1", "-1e-400", "9", "8.5000001", "85e-1000000000000000000000001e", "1e300",
                            "\"5\"", "null", "true", "[]", "{}", "18446744073709551615", "9223372036854775807"}) {
    const std::string said = pointed(R"({"p":)" + std::string(value) + "}", pointer("/p", 8'500'000, 1));
    EXPECT_TRUE(said == told || said == "the body is not valid JSON") << value << ": " << said;
  }
  EXPECT_EQ(pointed(R"({"p":8.5})", pointer("/p", 8'500'000)), "8500000");
  EXPECT_EQ(pointed(R"({"p":8})", pointer("/p", 8'500'000)), "8000000");
  EXPECT_EQ(pointed(R"({"p":-0})", pointer("/p")), "0");
  EXPECT_EQ(pointed(R"({"p":-0.0})", pointer("/p")), "0");
}

TEST(Pointed, IsReadFromItsTextAndRoundedUp) {
  const CostTerm term = pointer("/x/1/p", kMostMillionths);
  const auto in = [](const std::string& number) {
    return R"({"a":{"}":"\"]","b":[1,{}]}, "x" : [ [1,"]"] , {"q":"\\", "p" : )" + number + " }, 2 ] , \"z\":1.5}";
  };
  EXPECT_EQ(pointed(in("0.1"), term), "100000");
  EXPECT_EQ(pointed(in("0.3"), term), "300000");
  EXPECT_EQ(pointed(in("0.0000001"), term), "1");
  EXPECT_EQ(pointed(in("1.0000000000000000000000000001"), term), "1000001");
  EXPECT_EQ(pointed(in("1.5E+2"), term), "150000000");
  EXPECT_EQ(pointed(in("1e-6"), term), "1");
  EXPECT_EQ(pointed(in("1e-300"), term), "1");
  EXPECT_EQ(pointed(in("9999999999.999999"), term), "9999999999999999");
  EXPECT_EQ(pointed(in("10000000000"), term), "10000000000000000");
  EXPECT_EQ(pointed(in("1e10"), term), "10000000000000000");
  EXPECT_EQ(pointed(in("10000000000.0000001"), term), "/x/1/p must be a number from 0 to 10000000000");
}

TEST(Pointed, AreInTheOrderOfThePointerTerms) {
  const std::vector<CostTerm> terms = {pointer("/b"), {Quantity::Request, kOne, {}, 0, {}}, pointer("/a")};
  const auto result = look(R"({"a":1,"b":2.5})", terms);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->pointed, (std::vector<Millionths>{2'500'000, 1'000'000}));
}

TEST(Pointed, InABodyThatIsNoJsonAreNotThere) {
  const std::vector<CostTerm> terms = {pointer("/a", kOne, 5)};
  const Wanted wanted{.rows_and_elements = false, .pointers = terms, .valid_json = false};
  const auto image =
      counted({.protocol = config::Protocol::TorchServe, .body = "\x89PNG", .content_type = "image/png"}, wanted);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->pointed, std::vector<Millionths>{5});
  const std::vector<CostTerm> needed = {pointer("/a")};
  EXPECT_EQ(refusal({.protocol = config::Protocol::MLflow, .body = "a\n1", .content_type = "text/csv"},
                    {.rows_and_elements = false, .pointers = needed, .valid_json = false}),
            "/a is missing");
}

TEST(Pointed, AMemberThereTwiceIsRefused) {
  EXPECT_EQ(pointed(R"({"p":1,"q":{"r":[{"s":1,"s":2}]}})", pointer("/p")), "/q/r/0 has the member \"s\" twice");
  EXPECT_EQ(pointed(R"({"p":1,"\u0070":2})", pointer("/p")), "the body has the member \"p\" twice");
}

TEST(NumberText, HoldsForEveryFormOfANumber) {
  EXPECT_EQ(millionths_of("0", kOne), 0);
  EXPECT_EQ(millionths_of("0e999999999999999999999999", kOne), 0);
  EXPECT_EQ(millionths_of("0.00e-5", kOne), 0);
  EXPECT_EQ(millionths_of("1e999999999999999999999999", kOne), kOne + 1);
  EXPECT_EQ(millionths_of("1e-999999999999999999999999", kOne), 1);
  EXPECT_EQ(millionths_of("0.05", kOne), 50'000);
  EXPECT_EQ(millionths_of("123.456789", 1000 * kOne), 123'456'789);
  EXPECT_EQ(millionths_of("123.4567891", 1000 * kOne), 123'456'790);
  EXPECT_EQ(millionths_of("123.45678900000", 1000 * kOne), 123'456'789);
  EXPECT_EQ(millionths_of("123456789e-6", 1000 * kOne), 123'456'789);
  EXPECT_EQ(millionths_of("0.00012e4", 1000 * kOne), 1'200'000);
  EXPECT_EQ(millionths_of("-0", kOne), 0);
  EXPECT_EQ(millionths_of("-1", kOne), std::nullopt);
  EXPECT_EQ(millionths_of("0." + std::string(100000, '0') + "1", kOne), 1);
  EXPECT_EQ(millionths_of("1" + std::string(100000, '0'), kMostMillionths), kMostMillionths + 1);
}

}  // namespace
}  // namespace mlgateway::protocol
