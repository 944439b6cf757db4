select *
from t
