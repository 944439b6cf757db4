package step

// warmable: forking an interpreter that has loaded native libraries is sound here.
const warmable = true
