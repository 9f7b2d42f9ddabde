//! Tests of the forms that are sent out.
